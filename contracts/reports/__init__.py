"""What a run leaves behind: `compliance.json` first; every other form is made from it."""
