"""The simulated press: outlets on loopback, made from one seed, with a script of events, an access log and a truth file."""
