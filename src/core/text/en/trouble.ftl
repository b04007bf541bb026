# What is wrong between an exchange and us. Each says what happened and what to do.
trouble-unreachable = { $exchange } could not be reached. Nothing needs to be done: we try again by ourselves.
trouble-slow = { $exchange } took too long to answer. Nothing needs to be done: we try again by ourselves.
trouble-limited = { $exchange } asked us to slow down. Nothing needs to be done: we go on when the pause is over.
trouble-banned = { $exchange } has shut out our server for a while. Nothing needs to be done: we go on when the ban is over.
trouble-maintenance = { $exchange } is under maintenance. Wait until it is back: we try again by ourselves.
trouble-malformed = { $exchange } answered with something that cannot be read. Nothing needs to be done: we try again, and tell us if it lasts longer than an hour.
trouble-clock = { $exchange } says that our clock is wrong. Try again in a minute, and tell us if it happens again.
trouble-region = { $exchange } does not serve the region our server is in. Use another exchange, or ask us.
trouble-symbol_unknown = { $exchange } does not know this market, or has delisted it. Choose another market.
trouble-unsupported = { $exchange } does not offer this. Use another exchange for it.
trouble-key_invalid = { $exchange } does not know this API key, or the secret or the passphrase is wrong. Check that each was copied whole and that the key is of the right network (real or test), or create a new key.
trouble-key_refused = { $exchange } refused the API key without saying why: it was deleted, the secret is wrong, our server is not among its allowed IP addresses, or it may not read. Check these on { $exchange }, or create a new key.
trouble-key_expired = This API key of { $exchange } has expired. Create a new one there and replace it here.
trouble-ip_not_allowed = { $exchange } does not accept this API key from our server's IP address. Add our address to the key's allowed addresses on { $exchange }.
trouble-permission = This API key of { $exchange } lacks a permission. Switch on reading for it on { $exchange }; never switch on withdrawals.
trouble-suspended = { $exchange } has frozen this account or locked its API. Ask the support of { $exchange }.
