"""Every change of stock is a voucher: one task for each kind, all posted through `moving`."""
