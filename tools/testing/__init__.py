"""The test runner's parts: what is run (plan), how (running), and what came of it (counting, budgets)."""
