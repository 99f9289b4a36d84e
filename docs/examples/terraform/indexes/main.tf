# Let Terraform own the table, and dynawait its indexes: it makes one change at a time,
# waits as long as that takes, and goes on where an apply was stopped.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

variable "dynawait" {
  description = "How to start dynawait."
  type        = string
  default     = "dynawait"
}

resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  hash_key     = "id"
  billing_mode = "PAY_PER_REQUEST"

  attribute {
    name = "id"
    type = "S"
  }

  lifecycle {
    # Indexes, and the attributes that are their keys, are none of Terraform's business.
    ignore_changes = [attribute, global_secondary_index]
  }
}

resource "terraform_data" "indexes" {
  # Another file is another change.
  triggers_replace = [
    aws_dynamodb_table.orders.name,
    filesha256("${path.module}/indexes.json"),
  ]

  provisioner "local-exec" {
    command = "${var.dynawait} indexes apply $TABLE $FILE --yes"
    environment = {
      TABLE = aws_dynamodb_table.orders.name
      FILE  = "${path.module}/indexes.json"
    }
  }
}
