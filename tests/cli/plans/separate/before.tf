resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_global_secondary_index" "kept" {
  table_name = aws_dynamodb_table.orders.name
  index_name = "by-day"

  key_schema {
    attribute_name = "day"
    attribute_type = "S"
    key_type       = "HASH"
  }

  projection {
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_global_secondary_index" "rekeyed" {
  table_name = "elsewhere"
  index_name = "by-total"

  key_schema {
    attribute_name = "total"
    attribute_type = "S"
    key_type       = "HASH"
  }

  projection {
    projection_type = "ALL"
  }
}
