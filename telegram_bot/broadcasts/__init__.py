"""One message to many customers: whom it reaches, how it is started and stopped, how it goes out."""
