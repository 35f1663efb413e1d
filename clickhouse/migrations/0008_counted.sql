-- Of a call that two recorded (the gateway and an instrumentation around it, say), one counts.
ALTER TABLE events_g{g} ADD COLUMN IF NOT EXISTS counted Bool DEFAULT true AFTER source;

ALTER TABLE events_list_g{g} ADD COLUMN IF NOT EXISTS counted Bool DEFAULT true AFTER source;
