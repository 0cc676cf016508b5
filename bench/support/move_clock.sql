-- Moves the clock.
UPDATE bench.clock SET at = :at
