# What the details of audit lines and of what happened to contracts are called
panel-detail_address = Address
panel-detail_adjustmentId = Adjustment
panel-detail_amountSatang = Amount
panel-detail_askedBy = Asked by
panel-detail_autoRenew = Auto-renewal
panel-detail_cancelAtEnd = Ends with its last term
panel-detail_chargeId = Payment number
panel-detail_code = Code
panel-detail_day = Day of grace
panel-detail_days = Days
panel-detail_discountSatang = Discount
panel-detail_email = E-mail
panel-detail_endedAt = Ended
panel-detail_flags = Remarks
panel-detail_format = Format
panel-detail_kind = Kind
panel-detail_name = Name
panel-detail_new = After
panel-detail_number = Number
panel-detail_old = Before
panel-detail_planId = Plan
panel-detail_priceSatang = Price
panel-detail_provider = Chat
panel-detail_reason = Reason
panel-detail_reference = Reference
panel-detail_role = Role
panel-detail_rows = Rows
panel-detail_status = State
panel-detail_stoodMs = Stood still for
panel-detail_term = Term
panel-detail_terms = Terms
panel-detail_totalSatang = Total
panel-detail_until = Until
panel-detail_userId = Person
panel-took_minutes = { $minutes ->
    [one] a minute
   *[other] { $minutes } minutes
}
