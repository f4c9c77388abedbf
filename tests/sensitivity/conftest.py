"""What the tests of how sure the suite is have in common."""

from contracts import profiles

profiles.register()
