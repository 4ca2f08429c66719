"""What happens in the desk, said in Telegram: to the customer of a ticket, and to the staff who should know."""
