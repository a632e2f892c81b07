"""The desk over a million generated requests: how long its pages take."""
