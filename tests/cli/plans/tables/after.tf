resource "aws_dynamodb_table" "replaced" {
  name         = "replaced"
  hash_key     = "order"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "order"
    type = "S"
  }
}

resource "aws_dynamodb_table" "local" {
  name         = "local"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"
  range_key    = "at"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "at"
    type = "S"
  }
}

resource "aws_dynamodb_table" "new_address" {
  name         = "moved"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }
}

moved {
  from = aws_dynamodb_table.old_address
  to   = aws_dynamodb_table.new_address
}
