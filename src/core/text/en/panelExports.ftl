# The panel: files of lists, and the audit
panel-export = Export
panel-export_topups = Top-ups
panel-export_received = Payments received
panel-export_transfers = Ledger movements
panel-export_suspense = Suspense
panel-export_audit = Audit log
panel-export_note_topups = Top-ups keep the whole filter, the other two its days.
panel-column_opened = Opened (Bangkok)
panel-column_closed = Closed (Bangkok)
panel-column_recorded = Recorded (Bangkok)
panel-column_received = Received (Bangkok)
panel-column_paid = Paid (Bangkok)
panel-column_moment = Moment (Bangkok)
panel-column_reference = Reference
panel-column_person = Person
panel-column_person_id = Person id
panel-column_amount = Amount (THB)
panel-column_refunded = Refunded (THB)
panel-column_state = State
panel-column_remarks = Remarks
panel-column_gateway = Gateway
panel-column_charge = Payment number
panel-column_by_hand = By hand
panel-column_why = Why
panel-column_kind = Kind
panel-column_account_from = From account
panel-column_account_to = To account
panel-column_subject = About
panel-column_key = Key
panel-column_topup_id = Top-up id
panel-column_payment_id = Payment id
panel-column_transfer_id = Movement id
panel-column_suspense_id = Suspense id
panel-column_line = Line
panel-column_actor = Who
panel-column_operator = Operator
panel-column_action = Action
panel-column_detail = Details
panel-column_link = Number in the chain
panel-column_seal = Seal
panel-audit_line = Line
panel-audit_line_of = Audit line { $seq }
panel-audit_filter_hint = Who: name or id of an operator or person, name of a job or gateway. Action: its beginning is enough, for example topup. About: a whole id.
panel-audit_names_cut = More people bear this name than can be searched at once. Use an id to be sure.
panel-audit_more_changes = { $count } more
panel-audit_change = What was changed
panel-audit_changed = changed
panel-audit_field = Field
panel-audit_value = Value
panel-audit_before = Before
panel-audit_after = After
panel-audit_link = Number in the chain
panel-audit_unsealed = waits for its seal
panel-audit_seal = Seal
panel-audit_same_subject = All about the same
panel-audit_same_actor = All by the same
panel-audit_all = Whole log
panel-audit_verify = Verify the chain
panel-audit_verify_intro = Every audit line carries a seal that stands on the one before it. This walks through all of them and names each line that was changed, put in, moved or taken out. A million lines take up to half a minute.
panel-audit_verify_now = Verify now
panel-audit_verify_again = Verify again
panel-audit_begun = The lines are being read …
panel-audit_so_far = { $count } of { $total } lines read …
panel-audit_read = { $count } sealed lines read.
panel-audit_holds = { $count ->
    [0] There is no sealed line yet, and nothing is missing.
    [one] The one sealed line holds.
   *[other] All { $count } sealed lines hold.
}
panel-audit_broken = { $count ->
    [one] The chain is broken: one finding in { $checked } sealed lines.
   *[other] The chain is broken: { $count } findings in { $checked } sealed lines.
}
panel-audit_too_broken = So much was found that the rest was not read.
panel-audit_waiting = { $count ->
    [one] One new line waits for its seal, which it gets within a minute. That is as it should be.
   *[other] { $count } new lines wait for their seals, which they get within a minute. That is as it should be.
}
panel-audit_waiting_late = { $count } lines wait for their seals for longer than five minutes. Look whether the job audit.seal runs.
panel-audit_finding = Finding
panel-audit_findings = Findings
panel-audit_numbers = no. { $numbers }
panel-audit_behind = behind
panel-audit_in_front = before
panel-audit_fault_altered = changed
panel-audit_fault_unknown_key = foreign seal
panel-audit_fault_missing = missing
panel-audit_fault_inserted = put in
panel-audit_fault_moved = moved
panel-audit_fault_unchecked = cannot be checked
panel-audit_fault_cut_off = end cut off
panel-audit_fault_unsealed = never sealed
panel-audit_why_altered = It does not fit its seal: it was changed after it was sealed.
panel-audit_why_unknown_key = It is sealed with a key that is not in SECRET_KEY. Add the older key, or somebody made it up.
panel-audit_why_missing = It was sealed, and it is gone.
panel-audit_why_inserted = It was never sealed here: somebody put it in.
panel-audit_why_moved = It is as it was sealed, but its number in the chain was changed.
panel-audit_why_unchecked = It stands on a line that is gone or was replaced, so nothing can be said about it.
panel-audit_why_cut_off = The newest sealed lines are gone.
panel-audit_why_unsealed = It is more than an hour old and has no seal: put in later, or the sealing job does not run.
