-- The customer for whom a privacy service stands (ESC-9, PPX-3): escrowed with the name, never published.
alter table contact add column customer text references contact (id);

create index contact_customer on contact (customer) where customer is not null;
