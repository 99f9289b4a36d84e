resource "aws_dynamodb_table" "destroyed" {
  name         = "destroyed"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "replaced" {
  name         = "replaced"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "protected" {
  name                        = "protected"
  hash_key                    = "id"
  billing_mode                = "PAY_PER_REQUEST"
  deletion_protection_enabled = true

  attribute {
    name = "id"
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

  attribute {
    name = "day"
    type = "S"
  }

  local_secondary_index {
    name            = "by-day"
    range_key       = "day"
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_table" "old_address" {
  name         = "moved"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }
}
