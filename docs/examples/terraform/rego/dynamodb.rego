# Rules about DynamoDB for Conftest and OPA, on what `terraform show -json` writes:
#
#     terraform plan -out=saved && terraform show -json saved > plan.json
#     conftest test --policy rego plan.json
#     opa eval --data rego --input plan.json data.main.deny
#
# They find what `dynawait terraform check` finds, under the same identifiers; its
# `--list-rules` says why each of them is, and what to do. Left out are those that look at
# live tables (DW501 and so on) or at waivers. DW401 sees a target in the root module whose
# resource_id is written out, and follows no variables.
package main

import rego.v1

# Errors are denied; warnings and notes are warned of.

deny contains result(finding) if {
	some finding in findings
	finding.severity == "error"
}

warn contains result(finding) if {
	some finding in findings
	finding.severity != "error"
}

result(finding) := {
	"msg": concat("", [finding.rule, " ", finding.address, ": ", finding.message]),
	"rule": finding.rule,
	"address": finding.address,
	"severity": finding.severity,
}

found(rule, severity, address, message) := {
	"rule": rule,
	"severity": severity,
	"address": address,
	"message": message,
}

# A member, or another value where there is none, or null.
get(block, name, _) := block[name] if block[name] != null

get(block, name, other) := other if object.get(block, name, null) == null

# The resources of a type, by address.

resources[type][address] := resource if {
	some change in input.resource_changes
	change.mode == "managed"
	type := change.type
	address := change.address
	resource := {
		"type": type,
		"name": change.name,
		"is_in_root": not_in_a_module(change),
		"actions": {action | some action in change.change.actions},
		"old": get(change.change, "before", {}),
		"new": get(change.change, "after", {}),
		"unknown": get(change.change, "after_unknown", {}),
	}
}

not_in_a_module(change) if not change.module_address

else := false

tables := get(resources, "aws_dynamodb_table", {})

separate_indexes := get(resources, "aws_dynamodb_global_secondary_index", {})

separate_replicas := get(resources, "aws_dynamodb_table_replica", {})

targets[address] := target if {
	some address, target in get(resources, "aws_appautoscaling_target", {})
	values(target).service_namespace == "dynamodb"
}

# What a resource will be, or was where it goes.
values(resource) := resource.new if count(resource.new) > 0

else := resource.old

is_changed(resource) if count(resource.actions & {"create", "update", "delete"}) > 0

updated[address] := table if {
	some address, table in tables
	table.actions == {"update"}
}

name_of[address] := get(values(table), "name", "") if some address, table in tables

# Indexes, by the address of the table and by name.

old_indexes[address] := indexes_in(table.old) if some address, table in tables

new_indexes[address] := indexes_in(table.new) if some address, table in tables

indexes_in(table) := {block.name: index |
	some block in get(table, "global_secondary_index", [])
	index := {
		"keys": keys(block),
		"key_names": {key[0] | some key in keys(block)},
		"projection": block.projection_type,
		"attributes": {name | some name in get(block, "non_key_attributes", [])},
		"capacity": block,
	}
}

keys(block) := [[key.attribute_name, key.key_type] | some key in block.key_schema] if {
	count(get(block, "key_schema", [])) > 0
} else := [[block.hash_key, "HASH"], [block.range_key, "RANGE"]] if {
	get(block, "range_key", "") != ""
} else := [[block.hash_key, "HASH"]]

old_types[address] := types_in(table.old) if some address, table in tables

new_types[address] := types_in(table.new) if some address, table in tables

types_in(table) := {block.name: block.type | some block in get(table, "attribute", [])}

retyped[address] := names if {
	some address, types in old_types
	names := {name | some name in object.keys(types); new_types[address][name] != types[name]}
}

created[address] := names if {
	some address in object.keys(updated)
	names := object.keys(new_indexes[address]) - object.keys(old_indexes[address])
}

deleted[address] := names if {
	some address in object.keys(updated)
	names := object.keys(old_indexes[address]) - object.keys(new_indexes[address])
}

replaced[address] := names if {
	some address in object.keys(updated)
	names := {name |
		some name in object.keys(old_indexes[address]) & object.keys(new_indexes[address])
		is_other(old_indexes[address][name], new_indexes[address][name], retyped[address])
	}
}

is_other(old, new, _) if old.keys != new.keys

is_other(old, new, _) if old.projection != new.projection

is_other(old, new, _) if old.attributes != new.attributes

is_other(_, new, names) if count(new.key_names & names) > 0

is_other(old, new, _) if is_cooler(old.capacity, new.capacity)

is_cooler(old, new) if {
	some unit in ["read_units_per_second", "write_units_per_second"]
	now := get(old, "warm_throughput", [])[0][unit]
	later := get(new, "warm_throughput", [])[0][unit]
	later > 0
	later < now
}

renamed[address] := pairs if {
	some address in object.keys(updated)
	pairs := {name |
		some name in deleted[address]
		some other in created[address]
		not is_other(old_indexes[address][name], new_indexes[address][other], set())
	}
}

# An index may be a resource of its own.
changed_separately[address] := names if {
	some address, _ in tables
	names := {name |
		some index in separate_indexes
		count(index.actions & {"create", "delete"}) > 0
		values(index).table_name == name_of[address]
		name := values(index).index_name
	}
}

index_changes[address] := names if {
	some address, _ in tables
	inside := (get(created, address, set()) | get(deleted, address, set())) | get(replaced, address, set())
	names := inside | changed_separately[address]
}

# Settings that DynamoDB changes one by one.

mode(table) := get(table, "billing_mode", "PROVISIONED")

stream(table) := upper(get(table, "stream_view_type", "")) if {
	get(table, "stream_enabled", false)
} else := "OFF"

regions(table) := {replica.region_name | some replica in get(table, "replica", [])}

throughput(table) := [get(table, "read_capacity", 0), get(table, "write_capacity", 0)] if {
	mode(table) == "PROVISIONED"
} else := []

encryption(table) := [get(block, "kms_key_arn", "") |
	some block in get(table, "server_side_encryption", [])
	block.enabled == true
]

settings_in(table) := {
	"billing mode": mode(table),
	"throughput": throughput(table),
	"on-demand limits": get(table, "on_demand_throughput", []),
	"stream": stream(table),
	"encryption": encryption(table),
	"table class": get(table, "table_class", "STANDARD"),
	"warm throughput": get(table, "warm_throughput", []),
	"replicas": regions(table),
}

settings[address] := words if {
	some address, table in updated
	old := settings_in(table.old)
	new := settings_in(table.new)
	words := {word | some word in object.keys(old); old[word] != new[word]}
}

# Indexes that one apply should not change together.

findings contains found("DW101", "error", address, message) if {
	some address, names in index_changes
	count(names) - count(get(renamed, address, set())) > 1
	message := sprintf("%d index changes in one apply", [count(names)])
}

findings contains found("DW102", "error", address, message) if {
	some address, names in replaced
	some name in names
	message := sprintf("index %s would be dropped and made again", [name])
}

findings contains found("DW102", "error", address, message) if {
	some address, index in separate_indexes
	index.actions == {"create", "delete"}
	message := sprintf("index %s would be dropped and made again", [values(index).index_name])
}

findings contains found("DW103", "error", address, message) if {
	some address, words in settings
	count(words) > 0
	count(index_changes[address]) > 0
	message := "index changes beside changes of the table's settings"
}

findings contains found("DW104", "error", address, message) if {
	some address, names in renamed
	some name in names
	message := sprintf("index %s would be dropped, and another made like it", [name])
}

# Indexes and attributes that DynamoDB would refuse.

findings contains found("DW105", "warning", address, message) if {
	some address, indexes in new_indexes
	count(indexes) > 20
	count(indexes) > count(old_indexes[address])
	message := sprintf("it would have %d indexes; the quota is 20", [count(indexes)])
}

findings contains found("DW106", "error", address, message) if {
	some address, indexes in new_indexes
	is_changed(tables[address])
	mode(tables[address].new) == "PROVISIONED"
	some name, index in indexes
	some unit in ["read_capacity", "write_capacity"]
	index.capacity[unit] in [0, null]
	message := sprintf("index %s states no capacity", [name])
}

own_keys(table) := {table[member] |
	some member in ["hash_key", "range_key"]
	get(table, member, "") != ""
}

used[address] := names if {
	some address, table in tables
	in_indexes := {name | some index in new_indexes[address]; some name in index.key_names}
	in_local := {block.range_key | some block in get(table.new, "local_secondary_index", [])}
	names := (own_keys(table.new) | in_indexes) | in_local
}

has_nameless_index(table) if table.unknown.global_secondary_index == true

has_nameless_index(table) if {
	some block in get(table.new, "global_secondary_index", [])
	get(block, "name", "") == ""
}

is_told(table) if {
	is_changed(table)
	not table.unknown.attribute == true
	not has_nameless_index(table)
	count(table.new) > 0
}

findings contains found("DW107", "warning", address, message) if {
	some address, table in tables
	is_told(table)
	some name in object.keys(new_types[address]) - used[address]
	message := sprintf("attribute %s is no key", [name])
}

findings contains found("DW108", "error", address, message) if {
	some address, table in tables
	is_told(table)
	count(new_types[address]) > 0
	some name in used[address] - object.keys(new_types[address])
	message := sprintf("attribute %s is a key and has no type", [name])
}

findings contains found("DW109", "error", address, message) if {
	some address, table in updated
	some name in own_keys(table.new) & retyped[address]
	message := sprintf("key %s would get another type", [name])
}

# Tables that go.

goes(table) if {
	"delete" in table.actions
	count(table.old) > 0
}

findings contains found("DW201", "error", address, "it would be destroyed") if {
	some address, table in tables
	table.actions == {"delete"}
}

findings contains found("DW202", "error", address, "it would be destroyed and made again") if {
	some address, table in tables
	table.actions == {"create", "delete"}
}

findings contains found("DW203", "error", address, message) if {
	some address, table in tables
	goes(table)
	table.old.deletion_protection_enabled == true
	message := "it is protected against deletion, so DeleteTable will be refused"
}

# Settings that can be changed only so often, or not at once.

findings contains found("DW301", "note", address, message) if {
	some address, words in settings
	some word in words & {"billing mode", "table class", "encryption"}
	[word, mode(tables[address].new)] != ["billing mode", "PROVISIONED"]
	message := sprintf("DynamoDB counts changes of the %s", [word])
}

ttl(table) := [block.attribute_name |
	some block in get(table, "ttl", [])
	block.enabled == true
]

findings contains found("DW302", "error", address, message) if {
	some address, table in updated
	count(ttl(table.old)) == 1
	count(ttl(table.new)) == 1
	ttl(table.old) != ttl(table.new)
	message := "time to live would move to another attribute in one apply"
}

is_lowered(old, new) if {
	some unit in ["read_capacity", "write_capacity"]
	new[unit] > 0
	new[unit] < old[unit]
}

is_provisioned(table) if {
	mode(table.old) == "PROVISIONED"
	mode(table.new) == "PROVISIONED"
}

findings contains found("DW303", "note", address, "its throughput would be lowered") if {
	some address, table in updated
	is_provisioned(table)
	is_lowered(table.old, table.new)
}

findings contains found("DW303", "note", address, message) if {
	some address, table in updated
	is_provisioned(table)
	some name, index in old_indexes[address]
	is_lowered(index.capacity, new_indexes[address][name].capacity)
	message := sprintf("index %s: its throughput would be lowered", [name])
}

findings contains found("DW304", "error", address, message) if {
	some address, table in updated
	is_cooler(table.old, table.new)
	message := "its warm throughput would be lowered, which is refused"
}

# Streams and replicas.

has_replicas(table) if count(regions(table.old)) > 0

has_replicas(table) if {
	some replica in separate_replicas
	replica.old.global_table_arn == table.old.arn
}

stream_changes(table) if {
	not table.unknown.stream_enabled == true
	stream(table.old) != "OFF"
	stream(table.old) != stream(table.new)
}

findings contains found("DW305", "warning", address, message) if {
	some address, table in updated
	stream_changes(table)
	stream(table.new) != "OFF"
	not has_replicas(table)
	message := "the stream would get another view type"
}

findings contains found("DW306", "error", address, message) if {
	some address, table in updated
	stream_changes(table)
	has_replicas(table)
	message := "the stream would change, and the table has replicas"
}

is_strong(table) if {
	some replica in get(table.new, "replica", [])
	replica.consistency_mode == "STRONG"
}

# A replica that is a resource of its own belongs to the table that its arn names, or that
# it refers to while there is no arn yet.
belongs(_, replica, table) if {
	arn := get(values(replica), "global_table_arn", "")
	endswith(arn, sprintf(":table/%s", [get(values(table), "name", "?")]))
}

belongs(address, replica, table) if {
	replica.unknown.global_table_arn == true
	some resource in input.configuration.root_module.resources
	resource.address == address
	wanted := sprintf("%s.%s", [table.type, table.name])
	some reference in resource.expressions.global_table_arn.references
	reference == wanted
}

replica_changes[address] := names if {
	some address, table in tables
	count(table.new) > 0
	come := regions(table.new) - regions(table.old)
	go := regions(table.old) - regions(table.new)
	apart := {other |
		some other in object.keys(separate_replicas)
		replica := separate_replicas[other]
		replica.actions in [{"create"}, {"delete"}]
		belongs(other, replica, table)
	}
	names := (come | go) | apart
}

findings contains found("DW307", "warning", address, message) if {
	some address, names in replica_changes
	count(names) > 1
	not is_strong(tables[address])
	message := sprintf("%d replica changes in one apply", [count(names)])
}

# Auto scaling.

scaled_by[address] := names if {
	some address, _ in tables
	names := {other |
		some other in object.keys(targets)
		split(get(values(targets[other]), "resource_id", ""), "/")[1] == name_of[address]
	}
}

scales_writes(address) if {
	some other in scaled_by[address]
	values(targets[other]).scalable_dimension == "dynamodb:table:WriteCapacityUnits"
}

findings contains found("DW308", "warning", address, message) if {
	some address, table in tables
	count(table.new) > 0
	mode(table.new) == "PROVISIONED"
	count(regions(table.new) - regions(table.old)) > 0
	not scales_writes(address)
	message := "replicas would be added to a PROVISIONED table that nothing scales"
}

is_written_out(target) if {
	target.is_in_root
	some resource in input.configuration.root_module.resources
	resource.type == target.type
	resource.name == target.name
	resource.expressions.resource_id.constant_value
	count(get(resource, "depends_on", [])) == 0
	not resource.for_each_expression
	not resource.count_expression
}

findings contains found("DW401", "warning", other, message) if {
	some address, names in scaled_by
	some other in names
	is_written_out(targets[other])
	count((targets[other].actions | tables[address].actions) - {"no-op", "read"}) > 0
	message := "it scales the table without a reference to it or depends_on"
}

unit_of(target) := "read_capacity" if contains(target.new.scalable_dimension, "ReadCapacity")

else := "write_capacity"

findings contains found("DW402", "warning", address, message) if {
	some address, table in updated
	is_provisioned(table)
	some other in scaled_by[address]
	target := targets[other]
	count(target.old) > 0
	count(target.new) > 0
	index := split(target.new.resource_id, "/index/")
	old := object.union({"": {"capacity": table.old}}, old_indexes[address])
	new := object.union({"": {"capacity": table.new}}, new_indexes[address])
	name := array.concat(index, [""])[1]
	now := old[name].capacity[unit_of(target)]
	later := new[name].capacity[unit_of(target)]
	now > 0
	later > 0
	now != later
	message := sprintf("%s scales it, and its capacity would be set by Terraform", [other])
}

# What a plan does not tell.

findings contains found("DW901", "note", address, message) if {
	some address, table in updated
	has_nameless_index(table)
	message := "its indexes are known only when the plan is applied"
}

findings contains found("DW902", "warning", "plan", "it is not the whole plan") if {
	input.errored == true
}

findings contains found("DW902", "warning", "plan", "it is not the whole plan") if {
	input.complete == false
}
