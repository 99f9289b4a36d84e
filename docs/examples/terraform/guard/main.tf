# Refuse to plan while something else changes the table. DynamoDB would refuse the apply
# with ResourceInUseException, perhaps half-way.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
    external = {
      source = "hashicorp/external"
    }
  }
}

variable "dynawait" {
  description = "How to start dynawait."
  type        = list(string)
  default     = ["dynawait"]
}

# It is read whenever a plan is made, with the credentials of the shell or, where the
# query has them, with a region and a profile.
data "external" "orders" {
  program = concat(var.dynawait, ["status", "--external"])
  query = {
    table = "orders"
  }
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
    precondition {
      # Before the first apply there is no table.
      condition = (
        data.external.orders.result.quiet == "true" ||
        data.external.orders.result.status == "ABSENT"
      )
      error_message = <<-TEXT
        The table is busy: ${data.external.orders.result.blockers}.
        Wait until it is not, with: dynawait wait orders --for quiet
      TEXT
    }
  }
}

output "indexes" {
  value = data.external.orders.result.indexes
}
