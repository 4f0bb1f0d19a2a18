-- A copy for tests never chases a real customer.
UPDATE res_company SET recouvrement_mode = 'shadow';
UPDATE recouvrement_reminder SET state = 'skipped', reason_code = 'shadow'
 WHERE state IN ('to_confirm', 'queued', 'deferred');
