"""The gate before an SDK release: a released SDK, driven as a customer would, against the contract."""
