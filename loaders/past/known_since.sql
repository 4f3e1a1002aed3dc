-- 档案各行的第二个时间：以 _file_id 关联，可知何时获知；何时发生，行内自有。
-- The second time of every row of the record: joined by _file_id, it says when we learned
-- what the row says. When it happened, the row says itself.
create or replace view audit.file_known_since as
with

first_read as (

    -- One content that came in several files was known when the first of them was read.
    select
        feed,
        period,
        sha256,
        min(valid_from_run) as known_from_run
    from audit.file_ledger_history
    where state in ('landed', 'replaced', 'duplicate')
    group by feed, period, sha256

)

select
    file.file_id,
    file.feed,
    file.delivery_date,
    first_read.known_from_run,
    release.release_id as known_since_release,
    release.published_at as known_since
from audit.file_ledger as file
inner join first_read
    on
        file.feed = first_read.feed
        and file.period = first_read.period
        and file.sha256 = first_read.sha256
left join lateral (
    select
        published.release_id,
        published.published_at
    from published.release as published
    where published.run_id >= first_read.known_from_run
    order by published.run_id
    limit 1
) as release on true;
comment on view audit.file_known_since is
'何时获知：每份文件的内容自哪次发布起为人所知；以 _file_id 与档案各表关联 / when we learned it: since which release the content of each file is known; join the tables of the record by _file_id';
comment on column audit.file_known_since.file_id is '文件编号，即档案各表的 _file_id / file, the _file_id of the tables of the record';
comment on column audit.file_known_since.feed is '数据编号 / feed';
comment on column audit.file_known_since.delivery_date is '交付日期 / day of delivery';
comment on column audit.file_known_since.known_from_run is '首次读到它的运行 / the first run that read it';
comment on column audit.file_known_since.known_since_release is '首次据以发布的发布编号；空为尚未发布 / the first release that stands on it; null: none yet';
comment on column audit.file_known_since.known_since is '该次发布的时间 / when that release was published';
