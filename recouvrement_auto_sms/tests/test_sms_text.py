"""Words of an SMS: plain, counted, checked, and the shipped ones."""

import re

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools import gsm, plain
from .common import SmsCommon


@tagged("post_install", "-at_install")
class TestSmsText(SmsCommon):
    def text(self, words, **values):
        return self.env["recouvrement.template"].create(
            {
                "name": "Short",
                "code": "short",
                "channel": "sms",
                "tone": "precise",
                "sms_text": words,
                **values,
            }
        )

    def test_text_without_html(self):
        text = self.text("A <b> & {{ company_name }}\nsecond line")
        self.assertEqual(text.sms_text, "A <b> & {{ company_name }}\nsecond line")
        self.assertIn("&lt;b&gt; &amp;", text.body)
        text.sms_text = "Other"
        self.assertEqual(plain.to_text(text.body), "Other")

    def test_length_is_shown(self):
        text = self.text("x" * 160)
        self.assertEqual(text.sms_size, "160 characters of 160: 1 SMS")
        self.assertFalse(text.sms_is_long)
        text.sms_text = "x" * 161
        self.assertIn("2 SMS", text.sms_size)
        self.assertTrue(text.sms_is_long)
        text.sms_text = "Привет"
        self.assertIn("UCS-2", text.sms_size)
        text.sms_text = "tôt"
        self.assertEqual(text.sms_size, "3 characters of 160: 1 SMS")

    def test_fields_are_closed(self):
        for words in (
            "{{ nothing }}",
            "{{ items_table }}",
            "${object}",
            "40 EUR",
            "{{",
        ):
            with self.subTest(words=words), self.assertRaises(ValidationError):
                self.text(words, code=f"c{len(words)}")

    def test_values_are_text(self):
        partner = self.make_mobile("{{7*7}} <b>x</b>")
        self.sms_scenario.line_ids[0].template_id.sms_text = "{{ partner_name }}"
        self.make_invoice(partner, 3)
        self.plan()
        self.assertEqual(self.send_sms()[0]["text"], "{{7*7}} <b>x</b>")

    def test_what_was_frozen_left(self):
        _partner, reminder, _delivery = self.sent_sms()
        self.assertTrue(reminder.content_hash)
        self.assertEqual(gsm.size(plain.to_text(reminder.body)).encoding, "GSM-7")
        self.assertTrue(reminder.sms_size)

    def test_preview(self):
        partner = self.make_mobile("Alpha")
        self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        line = self.sms_scenario.line_ids[0]
        shown = line.get_preview(
            {"id": line.id}, customer.id, scenario_id=self.sms_scenario.id
        )
        self.assertNotIn("error", shown)
        self.assertIn("/f/", shown["body"])
        self.assertIn("1 SMS", shown["joined"][0])
        self.assertIn("06 12 34 56 78", shown["to"])

    def test_shipped_texts_fit_one_segment(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.name = "Négoce Martin"
        self.agent.write({"name": "Zoé Forêt"})
        self.agent.partner_id.phone = "04 78 12 34 56"
        self.env["ir.config_parameter"].sudo().set_param(
            "web.base.url", "https://erp.martin.test"
        )
        partner = self.make_mobile("Alpha")
        move = self.make_invoice(partner, 3, 1234.56)
        move.sudo().name = "FAC/2026/00123"
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        xmlids = ("reminder", "courteous", "firm", "consumer")
        for xmlid in xmlids:
            text = self.env.ref(f"recouvrement_auto_sms.template_sms_{xmlid}")
            for lang in ("en_US", "fr_FR"):
                shown = text.get_text_preview({"id": text.id}, customer.id, lang)
                words = plain.to_text(shown["body"])
                with self.subTest(text=xmlid, lang=lang, words=words):
                    # A link has 18 characters for the 60 millionth customer, and the euro
                    # sign takes two.
                    dear = re.sub(r"/f/\S+", "/f/" + "x" * 18, words).replace("$", "€")
                    self.assertEqual(gsm.size(dear).segments, 1, dear)
                    self.assertIn("Négoce Martin", words)
                    self.assertIn("04 78 12 34 56", words)

    def test_library(self):
        lines = self.env["recouvrement.scenario.line"].with_context(active_test=False)
        steps = {}
        for code in ("occasional_late", "usual_late", "difficult", "new", "consumer"):
            scenario = self.env.ref(f"recouvrement_auto.scenario_{code}")
            line = lines.search(
                [("scenario_id", "=", scenario.id), ("channel", "=", "sms")]
            )
            steps[code] = (line.delay, line.active)
            scenario._check_ladder()
        self.assertEqual(
            steps,
            {
                "occasional_late": (15, False),
                "usual_late": (5, True),
                "difficult": (2, True),
                "new": (6, True),
                "consumer": (10, True),
            },
        )

    def test_frozen_steps_of_other_channels_are_unchanged(self):
        mail = self.sms_scenario.line_ids[1]._snapshot("en_US")
        self.assertNotIn("light", mail)
        short = self.sms_scenario.line_ids[0]._snapshot("en_US")
        self.assertTrue(short["light"])
