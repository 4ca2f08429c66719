"""Reading tickets. Nothing here changes anything."""
