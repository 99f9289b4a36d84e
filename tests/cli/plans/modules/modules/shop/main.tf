variable "region" {
  type = string
}

variable "indexes" {
  type = list(string)
}

module "tables" {
  source = "./tables"
  name   = "orders-${var.region}"
  keys   = var.indexes
}

resource "aws_appautoscaling_target" "through_output" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${module.tables.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

resource "aws_appautoscaling_target" "unordered" {
  service_namespace  = "dynamodb"
  resource_id        = "table/orders-${var.region}"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}
