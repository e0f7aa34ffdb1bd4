-- What an attempt said, as a hash: where a provider gives back the words of its messages and nothing of ours, it is part
-- of the proof that a lost answer was an acceptance. Null for attempts of earlier versions.

alter table delivery_attempts add column fingerprint text;
