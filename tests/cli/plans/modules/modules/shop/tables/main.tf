variable "name" {
  type = string
}

variable "keys" {
  type = list(string)
}

resource "aws_dynamodb_table" "orders" {
  count          = 1
  name           = var.name
  hash_key       = "id"
  billing_mode   = "PROVISIONED"
  read_capacity  = 5
  write_capacity = 5

  dynamic "attribute" {
    for_each = concat(["id"], var.keys)
    content {
      name = attribute.value
      type = "S"
    }
  }

  dynamic "global_secondary_index" {
    for_each = toset(var.keys)
    content {
      name            = "by-${global_secondary_index.value}"
      hash_key        = global_secondary_index.value
      projection_type = "ALL"
      read_capacity   = 5
      write_capacity  = 5
    }
  }
}

output "name" {
  value = aws_dynamodb_table.orders[0].name
}
