"""Files in and out: ledgers in Excel, reports in Word and PDF. It knows `core`, and never the database or a page."""
