resource "aws_dynamodb_table" "reset" {
  name           = "reset"
  hash_key       = "id"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
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
    write_capacity  = 5
  }
}

resource "aws_dynamodb_table" "ignored" {
  name           = "ignored"
  hash_key       = "id"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5
  tags = {
    team = "shop"
  }

  attribute {
    name = "id"
    type = "S"
  }

  lifecycle {
    ignore_changes = [read_capacity, write_capacity]
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

resource "aws_dynamodb_table" "loose" {
  name           = "loose"
  hash_key       = "id"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_appautoscaling_target" "written_out" {
  service_namespace  = "dynamodb"
  resource_id        = "table/loose"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

resource "aws_appautoscaling_target" "depends" {
  service_namespace  = "dynamodb"
  resource_id        = "table/loose"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
  depends_on         = [aws_dynamodb_table.loose]
}

locals {
  loose = "loose"
}

resource "aws_appautoscaling_target" "by_local" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${local.loose}"
  scalable_dimension = "dynamodb:table:WriteCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}
