"""What the staff use: shipping labels and the suppliers' product feed."""
import subprocess
import xml.etree.ElementTree as ElementTree

import store

ADMIN_PASSWORD = "change-me"


def print_label(order, printer):
    job = subprocess.run(
        f"echo 'Order {order}' | lp -d {printer}",
        shell=True,
        capture_output=True,
        text=True,
    )
    return job.stdout.strip()


def import_feed(document):
    count = 0
    for item in ElementTree.fromstring(document).iter("product"):
        store.save_product(item.get("sku"), item.findtext("name"), int(item.findtext("cents")))
        count += 1
    return count
