create table if not exists identity.record_state (
    record_no bigint generated always as identity primary key,
    record_key text not null unique,
    fingerprint bigint not null,
    kin bigint,
    cluster bigint
);
create index if not exists record_state_kin on identity.record_state (kin);
create index if not exists record_state_cluster on identity.record_state (cluster);
comment on table identity.record_state is
'关联状态：每条来源记录上次读到的内容、亲缘组与规则簇 / what each source record said when it was last linked, and which kin group and rule cluster it is in';
comment on column identity.record_state.record_no is '内部编号，不外传 / internal number, told to nobody';
comment on column identity.record_state.record_key is '来源记录键 / key of the source record';
comment on column identity.record_state.fingerprint is '内容指纹，变则重新关联 / digest of the content; another one and the record is linked anew';
comment on column identity.record_state.kin is '亲缘组：经强标识或同名同生日相连的记录 / records connected by strong numbers or by name and birthday';
comment on column identity.record_state.cluster is '规则簇：确定性规则认定为同一人，以首条记录编号 / rule cluster, by the number of its first record';

create table if not exists identity.strong_key (
    kind text not null,
    key bigint not null,
    said bigint not null,
    kin bigint not null
);
create index if not exists strong_key_key on identity.strong_key (key, kind);
create index if not exists strong_key_kin on identity.strong_key (kin);
comment on table identity.strong_key is
'强标识索引：哪个亲缘组用到它、怎么说 / strong numbers, hashed: which kin group bears one, and saying what';
comment on column identity.strong_key.kind is '标识种类 / kind of number';
comment on column identity.strong_key.key is '标识的散列 / hash of the number';
comment on column identity.strong_key.kin is '亲缘组 / kin group';
comment on column identity.strong_key.said is '姓名生日性别的散列 / hash of name, birthday and sex said with it';

create table if not exists identity.rule_cluster (
    cluster bigint primary key,
    kin bigint not null,
    record_key text not null,
    place text not null,
    signature bigint not null,
    proven text[] not null,
    unproven text[] not null,
    barred text[] not null,
    faces jsonb not null,
    strangers bigint[] not null
);
alter table identity.rule_cluster add column if not exists life jsonb;
alter table identity.rule_cluster add column if not exists named_since text;
create index if not exists rule_cluster_kin on identity.rule_cluster (kin);
comment on table identity.rule_cluster is
'规则簇：确定性规则认定的同一人 / one row per group of records that rules hold to be one person';
comment on column identity.rule_cluster.cluster is '首条记录的内部编号 / internal number of its first record';
comment on column identity.rule_cluster.kin is '亲缘组 / kin group';
comment on column identity.rule_cluster.record_key is '首条记录 / its first record';
comment on column identity.rule_cluster.named_since is '首条记录主键曾指他人的，自何处起改指此人 / where the key of that record, if it named somebody else before, came to name this person';
comment on column identity.rule_cluster.place is '首条记录的排序位置：核实在前，早者在前 / order of that record: verified before unverified, then by first delivery';
comment on column identity.rule_cluster.signature is '可比内容的指纹 / digest of what it is compared by';
comment on column identity.rule_cluster.proven is '核实的证件号码 / numbers it owns';
comment on column identity.rule_cluster.unproven is '由十五位转换而未证实的号码 / converted numbers that nothing confirms';
comment on column identity.rule_cluster.barred is '属于他人的号码 / numbers that are somebody else''s';
comment on column identity.rule_cluster.faces is '姓名与出生日期 / names and birth dates';
comment on column identity.rule_cluster.strangers is '不得与之合并的簇 / clusters that it must never join';
comment on column identity.rule_cluster.life is '住院、死亡、最后露面、血型，没有则为空 / stays, death, last seen, blood groups; null when nothing is known';

create table if not exists identity.claim_state (
    kin bigint not null,
    cluster bigint not null,
    head text not null,
    place text not null,
    statement bigint not null,
    numbers bigint[] not null
);
create index if not exists claim_state_kin on identity.claim_state (kin);
create index if not exists claim_state_statement on identity.claim_state (statement);
comment on table identity.claim_state is
'主张：同号同名同生日同性别的记录；新记录所言皆已知者径直归入 / claims that a new record can simply join, when it says nothing that is not known there';
comment on column identity.claim_state.kin is '亲缘组 / kin group';
comment on column identity.claim_state.cluster is '规则簇 / rule cluster';
comment on column identity.claim_state.head is '首条记录 / its first record';
comment on column identity.claim_state.place is '首条记录的排序位置 / order of that record';
comment on column identity.claim_state.statement is '号码、姓名、生日、性别的散列 / hash of number, name, birth date and sex';
comment on column identity.claim_state.numbers is '其余号码与引用的散列 / hashes of all other numbers and references';

create table if not exists identity.profile (
    cluster bigint not null,
    place integer not null,
    content json not null
);
create index if not exists profile_cluster on identity.profile (cluster);
comment on table identity.profile is
'画像：规则簇的每一种自述，供模型比较 / what a rule cluster says of itself, one row per way of saying it, for the model';
comment on column identity.profile.cluster is '规则簇 / rule cluster';
comment on column identity.profile.place is '序号 / ordinal';
comment on column identity.profile.content is '可比内容 / what is compared';

create table if not exists identity.block (
    kind text not null,
    key bigint not null,
    cluster bigint not null,
    face bigint not null,
    is_proven boolean not null,
    phone bigint
);
create index if not exists block_key on identity.block (key);
create index if not exists block_cluster on identity.block (cluster);
comment on table identity.block is
'分块键：共享其一的簇才相互比较 / blocking keys, hashed: only clusters that share one are compared';
comment on column identity.block.kind is '分块种类 / kind of block';
comment on column identity.block.key is '键的散列 / hash of the key';
comment on column identity.block.cluster is '规则簇 / rule cluster';
comment on column identity.block.face is '读音与生日的散列 / hash of sound and birth date';
comment on column identity.block.is_proven is '有核实的号码 / owns a proven number';
comment on column identity.block.phone is '键中电话的散列 / hash of the phone in the key';

create table if not exists identity.pair_score (
    cluster_a bigint not null,
    cluster_b bigint not null,
    record_key_a text not null,
    record_key_b text not null,
    weight double precision not null,
    probability double precision not null,
    levels jsonb not null,
    primary key (cluster_a, cluster_b)
);
create index if not exists pair_score_other on identity.pair_score (cluster_b);
comment on table identity.pair_score is
'模型评分：达到复核线的簇对与各项等级，不含任何值 / scored pairs at or above the review line, with the level of each comparison and no values';
comment on column identity.pair_score.cluster_a is '规则簇甲 / one rule cluster';
comment on column identity.pair_score.cluster_b is '规则簇乙 / the other rule cluster';
comment on column identity.pair_score.record_key_a is '甲中最有说服力的记录 / its record that speaks most for the pair';
comment on column identity.pair_score.record_key_b is '乙中最有说服力的记录 / the other''s record';
comment on column identity.pair_score.weight is '证据权重（比特） / weight of evidence in bits';
comment on column identity.pair_score.probability is '同一人的概率 / probability of being one person';
comment on column identity.pair_score.levels is '各项比较的等级 / level of each comparison';

create table if not exists identity.finding (
    kin bigint not null,
    kind text not null,
    record_key_a text not null,
    record_key_b text not null,
    reason text not null,
    evidence jsonb not null
);
create index if not exists finding_kin on identity.finding (kin);
comment on table identity.finding is
'规则发现的疑问：争议号码、新生儿、混档 / what the rules found odd: contested numbers, newborns, overlays';
comment on column identity.finding.kin is '亲缘组 / kin group';
comment on column identity.finding.kind is '类型 / kind';
comment on column identity.finding.record_key_a is '记录甲 / one record';
comment on column identity.finding.record_key_b is '记录乙 / the other record';
comment on column identity.finding.reason is '原因 / reason';
comment on column identity.finding.evidence is '各项等级 / levels';

create table if not exists identity.applied_decision (
    record_key_a text not null,
    record_key_b text not null,
    verdict text not null
);
comment on table identity.applied_decision is
'已并入关联的人工决定 / stewards'' decisions that the links already follow';
comment on column identity.applied_decision.record_key_a is '记录甲 / one record';
comment on column identity.applied_decision.record_key_b is '记录乙 / the other record';
comment on column identity.applied_decision.verdict is '同一人或不同人 / same or different';

create table if not exists identity.engine (
    version text not null,
    run_id bigint not null
);
alter table identity.engine
add column if not exists full_run_id bigint;
comment on table identity.engine is
'现有状态由哪一版规则、权重与设置算出 / by which rules, weights and settings the state was computed';
comment on column identity.engine.version is '版本指纹 / digest of rules, weights and settings';
comment on column identity.engine.run_id is '最近一次运行 / the last run';
comment on column identity.engine.full_run_id is
'最近一次全部重新关联的运行 / the last run that linked everybody anew';

create table if not exists identity.link_count (
    rule text primary key,
    records bigint not null,
    set_aside bigint not null
);
comment on table identity.link_count is
'每条规则关联的记录数 / how many records each rule has linked';
comment on column identity.link_count.rule is '规则 / rule';
comment on column identity.link_count.records is '记录数 / records';
comment on column identity.link_count.set_aside is '其中搁置、不属任何人的 / those among them that are nobody''s';

create table if not exists identity.touched_person (
    person_id text primary key
);
comment on table identity.touched_person is
'记录或关联有变而择优信息尚未重选的人员 / persons of whom a record or a link has changed, and who wait for what is known of them to be chosen again';
comment on column identity.touched_person.person_id is '人员编号 / person';

create table if not exists identity.scoring_statement (
    place integer primary key,
    statement text not null
);
comment on table identity.scoring_statement is
'评分语句：Splink 由模型生成，随引擎版本而变 / the statements that Splink made of the model, for this version of the engine';
comment on column identity.scoring_statement.place is '顺序 / order';
comment on column identity.scoring_statement.statement is '语句 / statement';

create table if not exists identity.read_table (
    table_name text primary key,
    node bigint not null
);
comment on table identity.read_table is
'关联上次读过与写成的表及其存放处；重建过的表另有存放处 / the tables that linking has read and made, and where they lay; one that was made anew lies elsewhere';
comment on column identity.read_table.table_name is '表 / table';
comment on column identity.read_table.node is '存放处 / where the server keeps it';

create table if not exists identity.waiting_record (
    record_key text
);
comment on table identity.waiting_record is
'等待关联的来源记录：上次关联后所述有来去 / source records of which a row has come, gone or changed since linking last read them';
comment on column identity.waiting_record.record_key is '来源记录键 / key of the source record';

create or replace function identity.let_record_wait() returns trigger
language plpgsql as $$
begin
    if tg_argv[0] in ('come', 'changed') then
        insert into identity.waiting_record select record_key from come;
    end if;
    if tg_argv[0] in ('gone', 'changed') then
        insert into identity.waiting_record select record_key from gone;
    end if;
    return null;
end
$$;
comment on function identity.let_record_wait() is
'记下有来去的来源记录 / notes the source records of which rows have come or gone';
