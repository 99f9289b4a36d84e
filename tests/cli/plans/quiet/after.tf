resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

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
  }
}

resource "aws_dynamodb_table" "users" {
  name         = "users"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  tags = {
    team = "shop"
  }

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "kept" {
  name         = "kept"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "fresh" {
  name           = "fresh"
  hash_key       = "id"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "day"
    type = "S"
  }

  global_secondary_index {
    name            = "by-day"
    hash_key        = "day"
    projection_type = "ALL"
    read_capacity   = 2
    write_capacity  = 2
  }
}

resource "aws_appautoscaling_target" "fresh" {
  service_namespace  = "dynamodb"
  resource_id        = "table/${aws_dynamodb_table.fresh.name}"
  scalable_dimension = "dynamodb:table:ReadCapacityUnits"
  min_capacity       = 5
  max_capacity       = 50
}

data "external" "nothing" {
  program = ["echo", "{}"]
}
