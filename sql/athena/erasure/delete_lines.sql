-- Takes every line of the customer out of the table, live or not.
delete from transactions where {{> erased_identity column="customer_id"}} = '{{customer_id}}'
