# Reports calls that change a DynamoDB table to a topic.

terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

variable "table_name" {
  description = "The table whose changes are reported."
  type        = string
}

resource "aws_sns_topic" "changes" {
  name_prefix = "${var.table_name}-changes-"
}

resource "aws_sns_topic_policy" "changes" {
  arn    = aws_sns_topic.changes.arn
  policy = data.aws_iam_policy_document.changes.json
}

data "aws_iam_policy_document" "changes" {
  statement {
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.changes.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.changes.arn]
    }
  }
}

resource "aws_cloudwatch_event_rule" "changes" {
  description = "Calls that change the table ${var.table_name}"

  event_pattern = jsonencode({
    source      = ["aws.dynamodb"]
    detail-type = ["AWS API Call via CloudTrail"]
    detail = {
      eventSource = ["dynamodb.amazonaws.com"]
      eventName = [
        "CreateTable",
        "UpdateTable",
        "DeleteTable",
        "UpdateTimeToLive",
        "UpdateContinuousBackups",
        "RestoreTableFromBackup",
        "RestoreTableToPointInTime",
      ]
      requestParameters = {
        "$or" = [
          { tableName = [var.table_name] },
          { tableName = [{ suffix = ":table/${var.table_name}" }] },
          { targetTableName = [var.table_name] },
        ]
      }
    }
  })
}

resource "aws_cloudwatch_event_target" "changes" {
  rule = aws_cloudwatch_event_rule.changes.name
  arn  = aws_sns_topic.changes.arn

  input_transformer {
    input_paths = {
      what  = "$.detail.eventName"
      who   = "$.detail.userIdentity.arn"
      when  = "$.detail.eventTime"
      from  = "$.detail.sourceIPAddress"
      error = "$.detail.errorCode"
    }
    input_template = "\"${var.table_name}: <who> called <what> at <when> from <from> <error>\""
  }
}

output "topic" {
  value = aws_sns_topic.changes.arn
}
