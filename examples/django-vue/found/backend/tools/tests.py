from django.test import TestCase


class Catalogue(TestCase):
    def test_everybody_reads_the_catalogue(self):
        self.assertEqual(self.client.get("/api/tools/", secure=True).status_code, 200)

    def test_loans_ask_for_a_member(self):
        self.assertEqual(self.client.get("/api/loans/", secure=True).status_code, 403)
