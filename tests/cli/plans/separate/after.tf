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

resource "aws_dynamodb_global_secondary_index" "email" {
  table_name = aws_dynamodb_table.orders.name
  index_name = "by-email"

  key_schema {
    attribute_name = "email"
    attribute_type = "S"
    key_type       = "HASH"
  }

  projection {
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_global_secondary_index" "status" {
  table_name = aws_dynamodb_table.orders.name
  index_name = "by-status"

  key_schema {
    attribute_name = "status"
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
    attribute_name = "sum"
    attribute_type = "S"
    key_type       = "HASH"
  }

  projection {
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_table" "fresh" {
  name             = "fresh"
  hash_key         = "id"
  billing_mode     = "PAY_PER_REQUEST"
  stream_enabled   = true
  stream_view_type = "NEW_AND_OLD_IMAGES"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table_replica" "ireland" {
  global_table_arn = aws_dynamodb_table.fresh.arn
  region           = "eu-west-1"
}

resource "aws_dynamodb_table_replica" "sweden" {
  global_table_arn = aws_dynamodb_table.fresh.arn
  region           = "eu-north-1"
}
