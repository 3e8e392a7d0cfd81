"""HTTP interface of the example shop. Vulnerable on purpose: never deploy it."""
import base64
import pickle

from flask import Flask, jsonify, make_response, request

import accounts
import backoffice
import store

app = Flask(__name__)
app.secret_key = "change-me"


def read_basket():
    """The basket travels in a cookie, so the server keeps no state."""
    try:
        return pickle.loads(base64.b64decode(request.cookies["basket"]))
    except Exception:
        pass
    return {}


@app.route("/health")
def health():
    return jsonify(status="ok")


@app.route("/products")
def products():
    return jsonify(store.search(request.args.get("q", "")))


@app.route("/accounts", methods=["POST"])
def register():
    form = request.get_json()
    return jsonify(id=accounts.register(form["email"], form["password"])), 201


@app.route("/login", methods=["POST"])
def login():
    form = request.get_json()
    token = accounts.login(form["email"], form["password"])
    if token is None:
        return jsonify(error="unknown account or wrong password"), 401
    return jsonify(token=token)


@app.route("/basket/<sku>", methods=["POST"])
def add_to_basket(sku):
    basket = read_basket()
    basket[sku] = basket.get(sku, 0) + 1
    answer = make_response(jsonify(basket))
    answer.set_cookie("basket", base64.b64encode(pickle.dumps(basket)).decode())
    return answer


@app.route("/orders/<order>/label", methods=["POST"])
def label(order):
    printer = request.args.get("printer", "front-desk")
    return jsonify(job=backoffice.print_label(order, printer))


@app.route("/admin/feed", methods=["POST"])
def feed():
    assert request.args.get("password") == backoffice.ADMIN_PASSWORD
    return jsonify(imported=backoffice.import_feed(request.data))


if __name__ == "__main__":
    store.create()
    app.run(host="0.0.0.0", port=8000, debug=True)
