-- One row per value; those of blood pressure have a row per event instead, in another file.
select
    measurement.measurement_id,
    measurement.person_id,
    measurement.institution_code,
    measurement.measured_on,
    measurement.item,
    measurement.value,
    measurement.unit,
    measurement.is_plausible,
    measurement.implausible_because,
    measurement._file_id,
    measurement._line_number,
    measurement_item.name_zh as item_name
from record.measurement
left join staging.measurement_item on measurement.item = measurement_item.item
where measurement.item not in ('systolic_pressure', 'diastolic_pressure')
