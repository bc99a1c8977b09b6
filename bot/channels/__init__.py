"""The ways in and out: the website and WhatsApp."""
