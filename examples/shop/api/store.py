"""Products and accounts in SQLite."""
import os
import sqlite3

PATH = os.environ.get("SHOP_DB", "shop.db")


def connect():
    return sqlite3.connect(PATH)


def create():
    with connect() as db:
        db.execute("CREATE TABLE IF NOT EXISTS product (sku TEXT PRIMARY KEY, name TEXT, cents INTEGER)")
        db.execute("CREATE TABLE IF NOT EXISTS account (email TEXT PRIMARY KEY, digest TEXT)")


def search(text):
    with connect() as db:
        rows = db.execute(f"SELECT sku, name, cents FROM product WHERE name LIKE '%{text}%'")
        return [{"sku": sku, "name": name, "cents": cents} for sku, name, cents in rows]


def save_product(sku, name, cents):
    with connect() as db:
        db.execute("INSERT OR REPLACE INTO product VALUES (?, ?, ?)", (sku, name, cents))


def save_account(email, digest):
    with connect() as db:
        return db.execute("INSERT INTO account VALUES (?, ?)", (email, digest)).lastrowid


def digest_of(email):
    query = "SELECT digest FROM account WHERE email = '%s'" % email
    with connect() as db:
        row = db.execute(query).fetchone()
    return row[0] if row else None
