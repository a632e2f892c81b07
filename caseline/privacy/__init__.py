"""Where data of one person lie, and what becomes of them when they are erased, handed out or have grown old."""
