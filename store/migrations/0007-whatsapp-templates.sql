-- What the provider says about the shop's WhatsApp templates: only an approved one may open a conversation.
create table whatsapp_templates (
  name text not null,
  language text not null,
  content_sid text not null,
  category text not null check (category in ('marketing', 'utility')),
  -- approved, pending, rejected, paused, disabled, unsubmitted …, in the provider's words
  status text not null,
  -- the text as the provider has it
  body text not null,
  checked_at timestamptz not null,
  primary key (name, language)
);

-- What a text message will have cost, in millionths of the currency's main unit: an estimate, made when it is sent.
alter table deliveries
  add column cost_micros bigint,
  add column cost_currency text;
