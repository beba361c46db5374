-- Indexes that no statement needs. Every row that is written pays for each.

-- Duties are listed by due, or by state and due; the obligation only thins those out.
drop index duty_obligation_due;
-- Open intents are listed by id; the registry only thins those out.
drop index intent_open_of;
