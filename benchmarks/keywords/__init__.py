"""Measures turning texts into categories: speed against other matchers, quality against a linear SVM."""
