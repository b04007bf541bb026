-- What must hold whoever writes to the tables: append-only history, balanced transfers, one way to post.

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger ledger_transfer_immutable before update or delete on ledger_transfer
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger ledger_transfer_no_truncate before truncate on ledger_transfer
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger ledger_entry_immutable before update or delete on ledger_entry
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger ledger_entry_no_truncate before truncate on ledger_entry
  for each statement execute function refuse_change();
--> statement-breakpoint
create trigger audit_entry_kept before delete on audit_entry
  for each row execute function refuse_change();
--> statement-breakpoint
create trigger audit_entry_no_truncate before truncate on audit_entry
  for each statement execute function refuse_change();
--> statement-breakpoint
-- The one change an audit line may see is being sealed, once.
create function audit_entry_seal_only() returns trigger language plpgsql as $$
begin
  if old.link is null and new.link is not null
    and (new.seq, new.at, new.actor, new.action, new.subject, new.detail)
      is not distinct from (old.seq, old.at, old.actor, old.action, old.subject, old.detail)
  then
    return new;
  end if;
  raise exception 'audit_entry is append-only' using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
create trigger audit_entry_sealed_once before update on audit_entry
  for each row execute function audit_entry_seal_only();
--> statement-breakpoint
create function transfer_is_balanced() returns trigger language plpgsql as $$
begin
  if (select sum(amount_satang) from ledger_entry where transfer_id = new.transfer_id) <> 0 then
    raise exception 'transfer % does not sum to zero', new.transfer_id using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
--> statement-breakpoint
create constraint trigger ledger_entry_balanced after insert on ledger_entry
  deferrable initially deferred for each row execute function transfer_is_balanced();
--> statement-breakpoint
-- Moves p_amount from one account to another, once per key. The tracked rows are locked first and in id order: on a hot
-- wallet that is far faster than inserting first, and two transfers between the same accounts cannot deadlock. The same
-- key with the same values answers with the first transfer; with other values it is an error (SQLSTATE LK001).
create function post_transfer(
  p_id text, p_key text, p_kind text, p_subject text, p_at timestamptz, p_from text, p_to text, p_amount bigint
) returns table (transfer_id text, created boolean) language plpgsql as $$
declare
  v_existing text;
begin
  if p_amount <= 0 or p_from = p_to then
    raise exception 'a transfer moves a positive amount between two accounts' using errcode = 'integrity_constraint_violation';
  end if;
  perform 1 from ledger_account a where a.id in (p_from, p_to) and a.tracked order by a.id for no key update;
  insert into ledger_transfer (id, key, kind, subject, at) values (p_id, p_key, p_kind, p_subject, p_at)
    on conflict (key) do nothing;
  if not found then
    select t.id into v_existing
      from ledger_transfer t
      join ledger_entry debit on debit.transfer_id = t.id and debit.account_id = p_from and debit.amount_satang = -p_amount
      join ledger_entry credit on credit.transfer_id = t.id and credit.account_id = p_to and credit.amount_satang = p_amount
      where t.key = p_key and t.kind = p_kind and t.subject = p_subject;
    if v_existing is null then
      raise exception 'transfer key % was used with other values', p_key using errcode = 'LK001';
    end if;
    return query select v_existing, false;
    return;
  end if;
  with moved as (
    update ledger_account a
      set balance_satang = a.balance_satang + case when a.id = p_from then -p_amount else p_amount end, version = a.version + 1
      where a.id in (p_from, p_to) and a.tracked
      returning a.id, a.balance_satang, a.version
  )
  insert into ledger_entry (transfer_id, account_id, amount_satang, account_version, balance_after_satang, at)
    select p_id, line.account_id, line.amount, moved.version, moved.balance_satang, p_at
    from (values (p_from, -p_amount), (p_to, p_amount)) as line(account_id, amount)
    left join moved on moved.id = line.account_id;
  return query select p_id, true;
end $$;
--> statement-breakpoint
insert into ledger_account (id, kind, tracked, created_at) values
  ('clearing:hook', 'clearing', false, now()),
  ('suspense', 'suspense', false, now()),
  ('adjustment', 'adjustment', false, now());
