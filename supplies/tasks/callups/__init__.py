"""Call-ups, one function a step, from the request to the refill.

Each step is one transaction: its vouchers, the step itself, and the event of who took it.
"""
