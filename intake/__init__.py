"""The spine: keeps what arrives, thinks once, carries out what the dialogue decides, sends what is queued.

The only package with tables and transactions. A message's way: webhooks, receive, worker, process, replies, receipts.
"""
