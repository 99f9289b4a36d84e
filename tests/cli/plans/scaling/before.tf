resource "aws_dynamodb_table" "reset" {
  name           = "reset"
  hash_key       = "id"
  billing_mode   = "PROVISIONED"
  read_capacity  = 40
  write_capacity = 5

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "email"
    type = "S"
  }

  global_secondary_index {
    name            = "by-email"
    hash_key        = "email"
    projection_type = "ALL"
    read_capacity   = 5
    write_capacity  = 40
  }
}

resource "aws_dynamodb_table" "ignored" {
  name           = "ignored"
  hash_key       = "id"
  billing_mode   = "PROVISIONED"
  read_capacity  = 40
  write_capacity = 5

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_appautoscaling_target" "reset_read" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.reset.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

resource "aws_appautoscaling_target" "reset_index" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.reset.name}/index/by-email"
  scalable_dimension = "dynamodb:index:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

resource "aws_appautoscaling_target" "ignored" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.ignored.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}
