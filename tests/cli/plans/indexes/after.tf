resource "aws_dynamodb_table" "several" {
  name         = "several"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "day"
    type = "S"
  }

  attribute {
    name = "email"
    type = "S"
  }

  global_secondary_index {
    name            = "by-day"
    hash_key        = "day"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-email"
    hash_key        = "email"
    projection_type = "ALL"
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

  attribute {
    name = "day"
    type = "S"
  }

  attribute {
    name = "email"
    type = "S"
  }

  attribute {
    name = "total"
    type = "N"
  }

  global_secondary_index {
    name            = "by-day"
    hash_key        = "day"
    range_key       = "id"
    projection_type = "ALL"
  }
  global_secondary_index {
    name               = "by-email"
    hash_key           = "email"
    projection_type    = "INCLUDE"
    non_key_attributes = ["a", "c"]
  }
  global_secondary_index {
    name            = "by-total"
    hash_key        = "total"
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_table" "renamed" {
  name         = "renamed"
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

resource "aws_dynamodb_table" "beside" {
  name             = "beside"
  hash_key         = "id"
  billing_mode     = "PROVISIONED"
  read_capacity    = 5
  write_capacity   = 5
  stream_enabled   = true
  stream_view_type = "KEYS_ONLY"

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

resource "aws_dynamodb_table" "crowded" {
  name         = "crowded"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "a0"
    type = "S"
  }

  attribute {
    name = "a1"
    type = "S"
  }

  attribute {
    name = "a2"
    type = "S"
  }

  attribute {
    name = "a3"
    type = "S"
  }

  attribute {
    name = "a4"
    type = "S"
  }

  attribute {
    name = "a5"
    type = "S"
  }

  attribute {
    name = "a6"
    type = "S"
  }

  attribute {
    name = "a7"
    type = "S"
  }

  attribute {
    name = "a8"
    type = "S"
  }

  attribute {
    name = "a9"
    type = "S"
  }

  attribute {
    name = "a10"
    type = "S"
  }

  attribute {
    name = "a11"
    type = "S"
  }

  attribute {
    name = "a12"
    type = "S"
  }

  attribute {
    name = "a13"
    type = "S"
  }

  attribute {
    name = "a14"
    type = "S"
  }

  attribute {
    name = "a15"
    type = "S"
  }

  attribute {
    name = "a16"
    type = "S"
  }

  attribute {
    name = "a17"
    type = "S"
  }

  attribute {
    name = "a18"
    type = "S"
  }

  attribute {
    name = "a19"
    type = "S"
  }

  attribute {
    name = "b"
    type = "S"
  }

  global_secondary_index {
    name            = "by-a0"
    hash_key        = "a0"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a1"
    hash_key        = "a1"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a2"
    hash_key        = "a2"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a3"
    hash_key        = "a3"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a4"
    hash_key        = "a4"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a5"
    hash_key        = "a5"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a6"
    hash_key        = "a6"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a7"
    hash_key        = "a7"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a8"
    hash_key        = "a8"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a9"
    hash_key        = "a9"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a10"
    hash_key        = "a10"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a11"
    hash_key        = "a11"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a12"
    hash_key        = "a12"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a13"
    hash_key        = "a13"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a14"
    hash_key        = "a14"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a15"
    hash_key        = "a15"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a16"
    hash_key        = "a16"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a17"
    hash_key        = "a17"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a18"
    hash_key        = "a18"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-a19"
    hash_key        = "a19"
    projection_type = "ALL"
  }
  global_secondary_index {
    name            = "by-b"
    hash_key        = "b"
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_table" "switched" {
  name           = "switched"
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
  }
}

resource "aws_dynamodb_table" "attributes" {
  name         = "attributes"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }

  attribute {
    name = "total"
    type = "S"
  }

  global_secondary_index {
    name            = "by-email"
    hash_key        = "email"
    projection_type = "ALL"
  }
}

resource "aws_dynamodb_table" "retyped" {
  name         = "retyped"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "N"
  }
}
