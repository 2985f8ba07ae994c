"""The pages: each module declares its ROUTES, and is found by being here."""
