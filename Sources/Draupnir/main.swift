print("draupnir")
