resource "terraform_data" "name" {
  input = "two"
}

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
    name            = terraform_data.name.output
    hash_key        = "email"
    projection_type = "ALL"
  }
}
