"""Figures about requests: stage times, deadlines, inflow, backlog, categories, workload; and what lies behind them."""
