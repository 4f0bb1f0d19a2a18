-- Reconciliations.
INSERT INTO account_full_reconcile (id) SELECT full_id FROM led_instalment WHERE full_id IS NOT NULL;
INSERT INTO account_partial_reconcile
       (id, debit_move_id, credit_move_id, full_reconcile_id, company_id, max_date, amount,
        debit_currency_id, credit_currency_id, debit_amount_currency, credit_amount_currency,
        create_uid, create_date, write_uid, write_date)
SELECT led_match.id, led_match.debit, led_match.credit, full_id, line.company_id, day, led_match.amount,
       line.currency_id, line.currency_id, led_match.amount_currency, led_match.amount_currency, 1, now(), 1, now()
  FROM led_match JOIN account_move_line line ON line.id = led_match.debit;
UPDATE account_move_line line SET full_reconcile_id = made.full_id, matching_number = made.mark
  FROM (SELECT lid, full_id, full_id::text AS mark FROM led_line WHERE full_id IS NOT NULL
     UNION ALL
        SELECT unnest(ARRAY[debit, credit]), NULL, 'P' || id FROM led_match WHERE full_id IS NULL) made
 WHERE made.lid = line.id;
