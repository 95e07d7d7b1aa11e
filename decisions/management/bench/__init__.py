"""Measures the product against bare pages made in the same process: data sets, anchors, scenarios, one table."""
